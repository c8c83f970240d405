import { useSyncExternalStore } from "react";

/**
 * False in what the server renders and until the page's script has taken over: a button that needs script must not be pressed
 * in vain, and a form must not send what is typed in its own way.
 */
export function useIsReady(): boolean {
  return useSyncExternalStore(
    () => () => undefined,
    () => true,
    () => false,
  );
}
