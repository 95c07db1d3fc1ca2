// Searches the open panel of stores again and again, each time with one more or another condition, or from another place;
// calls back with the milliseconds that each search took in the counter, taken by its own marks.
const [rounds, done] = arguments;
const find = (id) => document.querySelector(`[data-testid=finder] [data-testid=${id}]`);
let [spent, parts] = [0, 0];
new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByName('oolong-stores-search')) [spent, parts] = [spent + entry.duration, parts + 1];
}).observe({ entryTypes: ['measure'] });
const pause = (ms) => new Promise((then) => setTimeout(then, ms));
const choose = (id, at) => {
  const select = find(id);
  select.selectedIndex = at % select.options.length;
  select.dispatchEvent(new Event('change', { bubbles: true }));
};
const press = (key) => find('map-canvas').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
const steps = [
  (round) => choose('filter-brand', round),
  (round) => choose('filter-way', round),
  () => find('filter-open').click(),
  (round) => press(['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'][round % 4]),
  (round) => choose('filter-item', 1 + 7 * round),
  () => choose('filter-item', 0),
];
(async () => {
  const took = [];
  for (let round = 0; round < rounds; round++) {
    for (const step of steps) {
      [spent, parts] = [0, 0];
      step(round);
      for (let waits = 0; !parts && waits < 50; waits++) await pause(10);
      await pause(20);
      if (parts) took.push(spent);
    }
  }
  done(took);
})();
