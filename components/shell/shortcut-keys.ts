export type KeyPress = {
  readonly key: string;
  readonly hasModifier: boolean;
  readonly isComposing: boolean;
  readonly isHandled: boolean;
  /** The focus is where letters are text. */
  readonly isTyping: boolean;
  readonly isModalOpen: boolean;
};

/** The registered shortcut a key press means, or null where the key belongs to somebody else. */
export function decideShortcut(press: KeyPress, registered: ReadonlySet<string>): string | null {
  if (press.isHandled || press.isComposing || press.hasModifier || press.isTyping || press.isModalOpen) return null;
  return registered.has(press.key) ? press.key : null;
}

const TEXT_INPUTS = new Set([
  "text",
  "search",
  "email",
  "url",
  "tel",
  "password",
  "number",
  "date",
  "time",
  "datetime-local",
]);

/** Whether letters typed into an element are text. */
export function isTextEntry(element: {
  readonly tagName: string;
  readonly type?: string | undefined;
  readonly isContentEditable?: boolean | undefined;
}): boolean {
  const tag = element.tagName.toUpperCase();
  if (tag === "TEXTAREA" || tag === "SELECT" || element.isContentEditable === true) return true;
  return tag === "INPUT" && TEXT_INPUTS.has(element.type ?? "text");
}
