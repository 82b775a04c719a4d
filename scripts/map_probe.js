// Runs in the page before its own scripts, for map_speed.py: notes when a picture of the map is asked for, comes and is shown,
// and every task of the page that takes so long that its reader notices.

{
  const probe = { asked: 0, answered: 0, shown: 0, onShow: () => {}, tasks: [] };
  window.mapProbe = probe;

  window.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => {
        if (data.answer instanceof ImageBitmap) probe.answered = performance.now();
      });
    }
    postMessage(message, ...rest) {
      if (message.name === "draw") probe.asked = performance.now();
      super.postMessage(message, ...rest);
    }
  };

  const { transferFromImageBitmap } = ImageBitmapRenderingContext.prototype;
  ImageBitmapRenderingContext.prototype.transferFromImageBitmap = function (bitmap) {
    transferFromImageBitmap.call(this, bitmap);
    probe.shown = performance.now();
    probe.onShow();
  };

  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) probe.tasks.push({ startTime, duration });
  }).observe({ type: "longtask", buffered: true });
}
