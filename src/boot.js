// Starts the page. It is a file of its own because the page's content security policy allows no script in the page.
//
// Trunk writes the names of the page's script and WebAssembly file into <meta name="oolong-page">. The lab, beside the
// page at `lab`, is a program of its own, so that a visit to one does not load the other. The till, at `till`, is what the
// counter shows to the shop's own people.

const named = (place) => new RegExp(`/${place}(\\.html|/)?$`).test(location.pathname);
const [lab, till] = [named('lab'), named('till')];
const at = (path) => new URL(path, document.baseURI);

// Loads a module of the build by the name of its <meta>, once; the page calls this for what it does not need at once.
const loads = {};
function load(name) {
  loads[name] ??= start(name).catch((error) => {
    delete loads[name];
    throw error;
  });
  return loads[name];
}
async function start(name) {
  const [script, wasm, style] = document.querySelector(`meta[name="${name}"]`).content.split(' ');
  const dressed = style && dress(at(style));
  const { default: init } = await import(at(script));
  await init({ module_or_path: at(wasm) });
  await dressed;
}
// A stylesheet that cannot be loaded leaves a module that works.
function dress(href) {
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
  document.head.append(link);
  return new Promise((done) => Object.assign(link, { onload: done, onerror: () => done(link.remove()) }));
}
globalThis.oolongLoad = load;

// Keeps the page for visits without network (public/sw.js), and announces a new build while an old one is open.
// Where that is not allowed (no TLS, private windows, some embeddings) the page needs the network at every visit.
async function keep() {
  const { serviceWorker } = navigator;
  if (!serviceWorker || !isSecureContext) return;
  const registration = await serviceWorker.register(at('sw.js'), { updateViaCache: 'none' });
  const announce = () => {
    // Without a controller this is the first visit, and what waits is the build that is open already.
    const waits = Boolean(registration.waiting && serviceWorker.controller);
    if (waits === Boolean(globalThis.oolongUpdate)) return;
    globalThis.oolongUpdate = waits;
    dispatchEvent(new Event('oolong-update'));
  };
  const follow = (worker) => worker?.addEventListener('statechange', announce);
  follow(registration.installing);
  registration.addEventListener('updatefound', () => follow(registration.installing));
  announce();
  let switching = false;
  globalThis.oolongSwitch = () => {
    switching = true;
    // Another tab may have switched already; then a visit from now on is the new build.
    if (registration.waiting) registration.waiting.postMessage('switch');
    else location.reload();
  };
  serviceWorker.addEventListener('controllerchange', () => {
    if (switching) location.reload();
  });
  const look = () => document.visibilityState === 'visible' && registration.update().catch(() => {});
  document.addEventListener('visibilitychange', look);
  setInterval(look, 15 * 60 * 1000);
}

if (lab) document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: at('lab.css') }));
else keep().catch(() => {});

try {
  await load(lab ? 'oolong-lab-page' : till ? 'oolong-counter' : 'oolong-page');
  if (till) await globalThis.oolongCounterTill();
  document.getElementById('skeleton')?.remove();
} catch (error) {
  console.error(error);
  document.getElementById('skeleton')?.setAttribute('data-state', 'broken');
}
