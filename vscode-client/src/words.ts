// The texts of the extension in the user's language; `npm run words` collects what t() is given.

type Values = (string | number)[];
type Translate = (text: string, ...values: Values) => string;

/** Puts the values where the text says {0}, {1} and so on; what tests and English use. */
function filled(text: string, ...values: Values): string {
  return text.replace(/\{(\d+)\}/g, (place, index: string) =>
    String(values[Number(index)] ?? place),
  );
}

let translate: Translate = filled;

/** Lets the editor translate from here on. */
export function speakThrough(editor: Translate): void {
  translate = editor;
}

/** The text in the user's language. */
export function t(text: string, ...values: Values): string {
  return translate(text, ...values);
}
