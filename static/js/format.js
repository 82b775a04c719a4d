// Numbers, dates and sentences in the reader's language, by Intl. Pure: knows nothing of the page.

const NOT_KNOWN = "–";

/** Formatters of one language; figures that are not known become a dash, as on the server. */
export function createFormats(language) {
  const whole = onceNeeded(() => new Intl.NumberFormat(language, { maximumFractionDigits: 0 }));
  const day = (style) =>
    onceNeeded(() => new Intl.DateTimeFormat(language, { dateStyle: style, timeZone: "UTC" }));
  const [medium, long] = [day("medium"), day("long")];
  const date = (format, iso) => (iso === null ? NOT_KNOWN : format().format(new Date(`${iso}T00:00:00Z`)));
  return {
    percent: (share) => (share === null ? NOT_KNOWN : `${whole().format(share * 100)}\u202f%`),
    number: (count) => (count === null ? NOT_KNOWN : whole().format(count)),
    shortDate: (iso) => date(medium, iso),
    date: (iso) => date(long, iso),
  };
}

/** Compares texts as readers of a language expect. */
export function createCollator(language) {
  const collator = onceNeeded(() => new Intl.Collator(language));
  return { compare: (one, other) => collator().compare(one, other) };
}

/** What is costly to make (a formatter: ten milliseconds on a telephone) is made when it is needed for the first time. */
function onceNeeded(make) {
  let made = null;
  return () => (made ??= make());
}

/** "{shown} von {all}" with its blanks filled in. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (blank, name) => (name in values ? String(values[name]) : blank));
}
