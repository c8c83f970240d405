import type { ReactNode } from "react";
import { UntrustedText } from "#components/text/untrusted-text.tsx";
import { RelativeTime } from "#components/time/relative-time.tsx";
import { Notice } from "#components/ui/notice.tsx";
import type { DeliveryView } from "#lib/domain/delivery-view.ts";
import { countEvents } from "./count-events.ts";
import { NextAttempt } from "./next-attempt.tsx";

type Props = { readonly deliveries: readonly DeliveryView[] };

/** Receivers that are behind and do not take anything. */
export function LateNotice({ deliveries }: Props): ReactNode {
  const late = deliveries.filter((delivery) => delivery.isLate);
  if (late.length === 0) return null;
  return (
    <div role="alert">
      <Notice tone="look">
        {late.map((delivery) => (
          <p key={delivery.name}>
            <strong className="font-semibold">
              {delivery.name} is {countEvents(delivery.lagEvents)} behind
            </strong>{" "}
            and took{" "}
            {delivery.lastDeliveredAt === null ? (
              "nothing so far"
            ) : (
              <>
                the last <RelativeTime iso={delivery.lastDeliveredAt} />
              </>
            )}
            . Nothing is lost: they are kept here and sent in order.
          </p>
        ))}
      </Notice>
    </div>
  );
}

/** Where the trail is sent, and how far each receiver is. */
export function DestinationList({ deliveries }: Props): ReactNode {
  if (deliveries.length === 0) return null;
  return (
    <ul aria-label="Destinations" className="border-line border-t text-sm">
      {deliveries.map((delivery) => (
        <li key={delivery.name} className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 border-line border-b py-1.5">
          <span className="font-medium">{delivery.name}</span>
          <span className={delivery.lagEvents === 0 ? "text-muted" : "text-look"}>
            {delivery.lagEvents === 0 ? "has everything" : `${countEvents(delivery.lagEvents)} behind`}
          </span>
          <span className="text-muted tabular-nums">
            up to event {delivery.deliveredSeq.toLocaleString("en-US")}
            {delivery.lastDeliveredAt !== null && (
              <>
                , <RelativeTime iso={delivery.lastDeliveredAt} />
              </>
            )}
          </span>
          {delivery.failures > 0 && <Failures delivery={delivery} />}
        </li>
      ))}
    </ul>
  );
}

function Failures({ delivery }: { delivery: DeliveryView }): ReactNode {
  const { failures, error, nextAttemptAt } = delivery;
  return (
    <span className="min-w-0 break-words text-muted">
      {failures === 1 ? "1 failure" : `${failures} failures in a row`}
      {error !== null && (
        <>
          : <UntrustedText text={error} className="text-broken" />
        </>
      )}{" "}
      {nextAttemptAt !== null && <NextAttempt at={nextAttemptAt} />}
    </span>
  );
}
