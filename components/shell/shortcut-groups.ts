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
