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

type ShortcutHelp = { readonly keys: readonly string[]; readonly does: string };
export type ShortcutGroup = { readonly title: string; readonly shortcuts: readonly ShortcutHelp[] };

/** Everything the keyboard does, as the help lists it. */
export const SHORTCUT_GROUPS: readonly ShortcutGroup[] = [
  {
    title: "Anywhere",
    shortcuts: [
      { keys: ["⌘K", "Ctrl K"], does: "Go to a lock or a page" },
      { keys: ["r"], does: "Scan now" },
      { keys: ["?"], does: "Show this list" },
      { keys: ["Esc"], does: "Close what is open" },
    ],
  },
  {
    title: "List of locks",
    shortcuts: [
      { keys: ["/"], does: "Search" },
      { keys: ["j", "↓"], does: "Next lock" },
      { keys: ["k", "↑"], does: "Previous lock" },
      { keys: ["Home", "End"], does: "First and last lock" },
      { keys: ["Enter"], does: "Open the lock; in the search, go to the list" },
      { keys: ["u"], does: "Open the lock to force-unlock it" },
      { keys: ["x"], does: "Select the lock" },
    ],
  },
  { title: "A lock", shortcuts: [{ keys: ["u"], does: "Force-unlock it" }] },
  { title: "An unlock", shortcuts: [{ keys: ["p"], does: "Put the lock back" }] },
];
