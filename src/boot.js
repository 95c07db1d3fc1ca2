// Starts the page. It is a file of its own because the page's content security policy allows no script in the page.
//
// Trunk writes the names of the page's script and WebAssembly file into <meta name="oolong-page">. The lab, beside the
// page at `lab`, is a program of its own, so that a visit to one does not load the other.

const lab = /\/lab(\.html|\/)?$/.test(location.pathname);
const [script, wasm] = document.querySelector(`meta[name="oolong-${lab ? 'lab-page' : 'page'}"]`).content.split(' ');
const at = (path) => new URL(path, document.baseURI);

if (lab) document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: at('lab.css') }));

try {
  const { default: init } = await import(at(script));
  await init({ module_or_path: at(wasm) });
  document.getElementById('skeleton')?.remove();
} catch (error) {
  console.error(error);
  document.getElementById('skeleton')?.setAttribute('data-state', 'broken');
}
