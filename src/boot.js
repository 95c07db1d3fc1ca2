// Starts the page. It is a file of its own because the page's content security policy allows no script in the page.
//
// Trunk writes the names of the page's script and WebAssembly file into <meta name="oolong-page">.

const [script, wasm] = document.querySelector('meta[name="oolong-page"]').content.split(' ');
const at = (path) => new URL(path, document.baseURI);

try {
  const { default: init } = await import(at(script));
  await init({ module_or_path: at(wasm) });
  document.getElementById('skeleton')?.remove();
} catch (error) {
  console.error(error);
  document.getElementById('skeleton')?.setAttribute('data-state', 'broken');
}
