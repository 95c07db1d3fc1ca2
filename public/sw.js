// Keeps whole builds of the page for visits without network. The lab always comes from the network.
//
// This is a template. The release build (`cargo xtask demo`) puts the files of the build and a hash over them in
// place of the placeholders below; as long as they are empty, this script does nothing.
//
// Updates are atomic: a build is installed as a whole beside the one in use, waits, and takes over only when the shopper
// says so or the last page of the old build is closed. Files with a content hash never mean another file, so pages of the
// old build that are still open find theirs; the build before is kept for them. To switch all this off, serve `sw-off.js`
// in the place of this file (the server's `--no-service-worker` does).

const ASSETS = /*ASSETS*/[];
const VERSION = /*VERSION*/'';
// The model is verified and kept by the page's worker, here: see crates/worker/src/cache.rs.
const MODEL = /*MODEL*/null;
const MODELS = 'oolong-model-v1';

// Stores as last looked at, for the map without network: tiles are named by their content, the oldest make room.
const STORES = 'oolong-stores-v1';
const TILES = 300;

const SCOPE = new URL('./', self.location.href);
const FAMILY = `oolong-page ${SCOPE.pathname} `;
const CACHE = FAMILY + VERSION;
const PATIENCE = 3000;

const hashed = (path) => /[-_.][0-9a-f]{12,16}[-_./]/.test(path);
const builds = async () => (await caches.keys()).filter((name) => name.startsWith(FAMILY));

self.addEventListener('install', (event) => event.waitUntil(install()));

async function install() {
  const older = (await builds()).filter((name) => name !== CACHE);
  const cache = await caches.open(CACHE);
  const fetched = [];
  for (const path of ASSETS) {
    const url = new URL(path, SCOPE);
    const same = hashed(path) && (await inOneOf(older, url));
    if (same) await cache.put(url, same);
    else fetched.push(new Request(url, { cache: 'no-cache' }));
  }
  await cache.addAll(fetched);
  // At the first visit the worker loads the model itself; a new build brings it along, so that the switch is at once.
  if (older.length && MODEL) await takeModel().catch(() => {});
}

async function takeModel() {
  const key = `${new URL(MODEL.path, SCOPE)}?sha256=${MODEL.sha256}`;
  const cache = await caches.open(MODELS);
  if (await cache.match(key)) return;
  const response = await fetch(new URL(MODEL.path, SCOPE));
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (found === MODEL.sha256) await cache.put(key, new Response(bytes));
}

self.addEventListener('message', (event) => {
  if (event.data === 'switch') self.skipWaiting();
});

self.addEventListener('activate', (event) => event.waitUntil(activate()));

async function activate() {
  // In the order of their making: the newest before this one may still have pages open.
  const older = (await builds()).filter((name) => name !== CACHE);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== SCOPE.origin || !url.pathname.startsWith(SCOPE.pathname)) return;
  const path = url.pathname.slice(SCOPE.pathname.length) || 'index.html';
  // What the shop server says is true only at the moment that it says it.
  if (!VERSION || path.startsWith('v1/')) return;
  if (path.startsWith('stores/')) event.respondWith(fromStores(request, path));
  else if (path === 'till') event.respondWith(fetch(request).catch(() => fromThisBuild(request, 'index.html')));
  else if (hashed(path)) event.respondWith(fromAnyBuild(request, url));
  else if (path === 'campaign.json' && ASSETS.includes(path)) event.respondWith(fromNetworkFirst(request, path));
  else if (ASSETS.includes(path)) event.respondWith(fromThisBuild(request, path));
});

async function inOneOf(names, url) {
  for (const name of names) {
    const found = await (await caches.open(name)).match(url.origin + url.pathname);
    if (found) return found;
  }
}

async function kept(path) {
  return (await caches.open(CACHE)).match(new URL(path, SCOPE));
}

async function fromAnyBuild(request, url) {
  return (await inOneOf([CACHE, ...(await builds())], url)) ?? fetch(request);
}

async function fromThisBuild(request, path) {
  return (await kept(path)) ?? fetch(request);
}

async function fromStores(request, path) {
  const cache = await caches.open(STORES).catch(() => null);
  const tile = /[0-9a-f]{16}/.test(path);
  const copy = await cache?.match(request.url);
  if (copy && tile) return copy;
  const response = await fetch(request).catch((error) => {
    if (copy) return copy;
    throw error;
  });
  if (cache && response.status === 200 && response !== copy) keepStores(cache, request, response.clone());
  return response;
}

async function keepStores(cache, request, response) {
  try {
    await cache.put(request.url, response);
    const keys = await cache.keys();
    await Promise.all(keys.slice(0, Math.max(0, keys.length - TILES)).map((key) => cache.delete(key)));
  } catch {
    // Storage is full: the network has it.
  }
}

// Campaigns change without a new build.
async function fromNetworkFirst(request, path) {
  const copy = await kept(path);
  if (!copy) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, copy));
  const fresh = fetch(request).then((response) => {
    if (response.ok) keep(path, response.clone());
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
