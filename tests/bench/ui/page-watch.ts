/** What is put into a page to measure in it, as text: a page knows none of our modules. */

/** Adds up, in `watch.script`, what callbacks of requestAnimationFrame took, milliseconds, and counts what is drawn on the clips' canvas. */
export const watchScript = `(() => {
  const watch = (window.watch = { script: 0, drawn: 0 });
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    ask((time) => {
      const from = performance.now();
      callback(time);
      watch.script += performance.now() - from;
    });
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...words) {
    if (this.canvas.classList.contains('clips')) watch.drawn += 1;
    return clear.apply(this, words);
  };
  /** After the next frame is on screen. */
  watch.painted = () =>
    new Promise((resolve) => ask(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => resolve(performance.now()); port2.postMessage(0); }));
  /** Looked at after every frame (what is drawn, is drawn in it) until it holds; the time at which that frame is on screen. @throws after half a minute */
  watch.until = async (holds) => {
    const end = performance.now() + 30000;
    for (;;) {
      const at = await watch.painted();
      if (holds()) return at;
      if (at > end) throw new Error('it did not happen: ' + holds);
    }
  };
})()`;

/**
 * Milliseconds of script that each of `frames` frames took while the wheel is turned over the timeline: listeners, what follows from them
 * (effects, layout that they ask for) and drawing.
 */
export const wheelScript = (frames: number, wheel: string): string => `(async () => {
  const area = document.getElementById('timeline-clips');
  const { left, top, width, height } = area.getBoundingClientRect();
  const times = [];
  for (let i = 0; i < ${frames}; i++) {
    watch.script = 0;
    const from = performance.now();
    area.dispatchEvent(new WheelEvent('wheel', {
      bubbles: true, cancelable: true, clientX: left + width / 3, clientY: top + height / 2, ...(${wheel})(i),
    }));
    // Effects run in a microtask.
    await Promise.resolve();
    await Promise.resolve();
    const listeners = performance.now() - from;
    await watch.painted();
    times.push(listeners + watch.script);
  }
  return times;
})()`;

/**
 * From a key press, as the browser stamped it, until its change is on screen, milliseconds. To be asked before the key is pressed; `change`
 * is the text of a function of the state before (made by `state`) that says whether it is there.
 */
export const keyScript = (state: string, change: string): string => `(() => {
  const before = (${state})();
  window.pressed = new Promise((resolve, reject) => {
    addEventListener('keydown', (event) => {
      window.pressedAt = event.timeStamp;
      watch.until(() => (${change})(before)).then((at) => resolve(at - event.timeStamp), reject);
    }, { capture: true, once: true });
  });
})()`;
