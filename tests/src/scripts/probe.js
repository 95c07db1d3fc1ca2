// Runs before the page's own code, in every page that a test opens.
(() => {
  const probe = (window.__probe = { workers: [], calls: [], sent: [], longTasks: [], marks: {}, errors: [] });

  // What the page's workers are made with and told, so that a test can make another one the same way.
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(url, options) {
      super(url, options);
      probe.marks.worker ??= performance.now();
      probe.workers.push(this);
      probe.calls.push({ url: new URL(url, location.href).href, options: options ?? null });
      this.addEventListener('message', (event) => {
        if (typeof event.data !== 'string' || !event.data.includes('"type":"ready"')) return;
        probe.marks.ready ??= performance.now();
        probe.model = JSON.parse(event.data).model;
      });
    }
    postMessage(message, ...rest) {
      probe.sent.push(message);
      super.postMessage(message, ...rest);
    }
  };

  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) probe.longTasks.push({ start: task.startTime, ms: task.duration });
  }).observe({ type: 'longtask', buffered: true });

  // The page is ready when something can be typed.
  const look = () => {
    if (document.querySelector('[data-testid=composer-input]')) probe.marks.page = performance.now();
    else requestAnimationFrame(look);
  };
  look();

  window.alert = (text) => probe.errors.push('alert: ' + text);
  addEventListener('error', (event) => probe.errors.push(String(event.message)));
  addEventListener('unhandledrejection', (event) => probe.errors.push(String(event.reason)));
})();
