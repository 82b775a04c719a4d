// The worker's side: questions and answers. The page's side: asking.js.

/** Answer what the page asks: `answers[name](argument)`, which may take a while. Pictures are handed over, not copied. */
export function answerPage(answers) {
  self.addEventListener("message", async ({ data: { id, name, argument } }) => {
    try {
      const answer = await answers[name](argument);
      self.postMessage({ id, answer }, answer instanceof ImageBitmap ? [answer] : []);
    } catch (error) {
      self.postMessage({ id, error: String(error) });
    }
  });
}

/** Tell the page that there is something new. */
export const tellOfChange = () => self.postMessage({ id: null });
