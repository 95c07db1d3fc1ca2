// Keeps the page's own files for a visit without network. The model is not among them: the worker keeps that itself,
// after checking its hash. Nor is the lab (`lab.html`, `oolong-lab*`): it always comes from the network.
//
// This is a template. The release build (`cargo xtask demo`) puts the files of the build and a hash over them in
// place of the two placeholders below; as long as they are empty, this script does nothing.
//
// A name with a content hash never means another file: it is taken from the cache. Everything else comes from the
// network while there is one, so that a new release is seen at once, and from the cache of one whole build otherwise.

const ASSETS = /*ASSETS*/[];
const VERSION = /*VERSION*/'';

const SCOPE = new URL('./', self.location.href);
const FAMILY = `oolong-page ${SCOPE.pathname} `;
const CACHE = FAMILY + VERSION;
const PATIENCE = 3000;

const hashed = (path) => /[-_.][0-9a-f]{12,16}[-_./]/.test(path);

self.addEventListener('install', (event) => {
  const requests = ASSETS.map((path) => new Request(new URL(path, SCOPE), { cache: hashed(path) ? 'default' : 'no-cache' }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const clear = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(FAMILY) && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname)) return;
  const path = url.pathname.slice(SCOPE.pathname.length) || 'index.html';
  if (!ASSETS.includes(path)) return;
  event.respondWith(hashed(path) ? cacheFirst(request, path) : networkFirst(request, path));
});

async function kept(path) {
  const cache = await caches.open(CACHE);
  return cache.match(new URL(path, SCOPE));
}

async function cacheFirst(request, path) {
  return (await kept(path)) ?? fetch(request);
}

async function networkFirst(request, path) {
  const copy = await kept(path);
  if (!copy) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, copy));
  const fresh = fetch(request).then((response) => {
    // Campaigns change without a new build; the page's files are kept only as a whole build.
    if (response.ok && path === 'campaign.json') keep(path, response.clone());
    return response.ok || response.type === 'opaqueredirect' ? response : copy;
  });
  return Promise.race([fresh.catch(() => copy), late]);
}

async function keep(path, response) {
  try {
    const cache = await caches.open(CACHE);
    await cache.put(new URL(path, SCOPE), response);
  } catch {
    // Storage is full: the older copy stays.
  }
}
