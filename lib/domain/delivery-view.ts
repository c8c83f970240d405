/** How far one destination has received the audit trail, as the API answers it. */
export type DeliveryView = {
  readonly name: string;
  readonly deliveredSeq: number;
  readonly lagEvents: number;
  readonly lastDeliveredAt: string | null;
  /** Failures in a row; 0 when the last attempt was taken. */
  readonly failures: number;
  readonly error: string | null;
  readonly nextAttemptAt: string | null;
  /** Behind, and nothing was taken for five minutes. */
  readonly isLate: boolean;
};
