// Starts a worker as the page did, has it load the model, and leaves `window.__ask(text, context)` behind.
const [call, load, done] = arguments;
const worker = new Worker(call.url, call.options ?? undefined);
const waiting = new Map();
let last = 1000;
window.__ask = (message) => new Promise((resolve) => {
  const id = (last += 1);
  waiting.set(id, resolve);
  worker.postMessage(JSON.stringify({ ...message, id }));
});
const started = performance.now();
worker.onerror = (event) => done({ type: 'failed', trouble: { kind: 'worker', detail: String(event.message) } });
worker.onmessage = async (event) => {
  const message = JSON.parse(event.data);
  if (message.type === 'listening') {
    const reply = await window.__ask(JSON.parse(load));
    done({ ...reply, started, ready: performance.now() });
  } else if (message.type !== 'progress') {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  }
};
