// The kill switch of sw.js: served in its place, it forgets every kept build and then itself. Browsers look for a changed
// sw.js at each visit, so from the visit after next on the page comes from the network alone.

const SCOPE = new URL('./', self.location.href);
const FAMILY = `oolong-page ${SCOPE.pathname} `;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => event.waitUntil(forget()));

async function forget() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(FAMILY)).map((name) => caches.delete(name)));
  await self.registration.unregister();
}
