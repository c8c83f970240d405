import { ArrowUp } from "lucide-react";
import { formatHeldBack, type HeldBack } from "./locks-snapshot.ts";

type Props = { readonly heldBack: HeldBack; readonly isOrderHeld: boolean; readonly onAdopt: () => void };

/** Says what the list would gain or lose, so that rows move only when the person wants it. */
export function NewsPill({ heldBack, isOrderHeld, onAdopt }: Props) {
  return (
    <div role="status" className="pointer-events-none relative z-20 h-0 text-center">
      {isOrderHeld && (
        <button
          type="button"
          onClick={onAdopt}
          className="pointer-events-auto mt-10 inline-flex items-center gap-1.5 rounded-full bg-accent px-3 py-1 font-medium text-ground text-sm shadow-lg"
        >
          <ArrowUp size={14} aria-hidden="true" /> {formatHeldBack(heldBack)}
          <span className="sr-only">: show</span>
        </button>
      )}
    </div>
  );
}
