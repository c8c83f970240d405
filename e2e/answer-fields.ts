const COUNTS = words(`
  15m_to_1h 1h_to_8h 8h_to_1d broken byAccount byAge byAttention byStatus contended count counts half
  held malformed none over_1d split stale total under_15m unreadable waiting
`);
const SOURCE = words(`
  account accountId asOf dollarsPerMonth durationMs error foreignSeen id kind lastAttemptAt
  lastRefreshAt lastScanAt locksFound name nextLook nextLookAt notice objectsSeen prefix region
  requests requestsPerDay requestsPerDayMax running sources status
`);
const LOCK = words(`
  account accountId acquiredAt ageFrom ageMs attention bucket canUnlock createdAt fingerprint
  firstSeenAt hasClockSkew headline holder host isLastKnown key kind lockId operation operationLabel
  stateKey statePath status unlockBlockedBy user version who workspace
`);
const RECORD = words(`
  account accountId actor awsRequestIds bucket deadlineAt detail etag fingerprint halves id intentAt
  isRawHidden key location lockId mechanism operation outcome outcomeAt rawBase64 rawText reason
  requestedAt sourceId stateKey statePath who
`);
const APPROVAL = words(`
  account accountId approvedAt approvedBy because bucket canDecide comment endNote endedAt endedBy
  expiresAt fingerprint id isYours key lockId operation reason requestedAt requestedBy state stateKey
  statePath unlockId who
`);

/** The fields that an answer may have, wherever in it they stand: whoever adds one makes sure that all who may ask may know it. */
export const ANSWER_FIELDS: Readonly<Record<string, readonly string[]>> = {
  "/api/v1/approvals": [...APPROVAL, ...words("approvals nextCursor")],
  "/api/v1/approvals/[id]": [
    ...APPROVAL,
    ...words(`
    acquiredAt approvers at cannotDecide code createdAt evidence lockNow shown source summary
    text verdict
  `),
  ],
  "/api/v1/audit/deliveries": words(
    "deliveredSeq deliveries error failures isLate lagEvents lastDeliveredAt name nextAttemptAt",
  ),
  "/api/v1/audit/status": words(`
    atMs checkpoint checkpointVerdict compared durationMs events headHash keyId ok place problem root
    signaturesFrom size unsignedEvents verdict verifiedAtMs verifiedEvents
  `),
  "/api/v1/locks": [
    ...LOCK,
    ...SOURCE,
    ...COUNTS,
    ...words(`
    at code evidence halves lastSeenAt location locks matching mechanism nextCursor sizeBytes
    source sourceId state summary text verdict
  `),
  ],
  "/api/v1/locks/[key]": [
    ...LOCK,
    ...words(`
    at code evidence goneAt goneBy halves history isRawHidden isTruncated lastSeenAt location
    mayUnlock mechanism problem rawBase64 rawText region sizeBytes source sourceId state summary
    terms text unlockId unlocks verdict
  `),
  ],
  "/api/v1/locks/rows": [...LOCK, ...SOURCE, ...COUNTS, ...words("mechanisms rows")],
  "/api/v1/people": words(`
    accounts buckets disabledAtMs effect email grants groups hasPassword isAdmin isSelf key kind
    lastSignInAtMs name people role scope sessions statePaths subject
  `),
  "/api/v1/tokens": words(`
    accounts buckets expiresAt id isOwn lastUsedAt madeAt name owner roles statePaths status
    tokens
  `),
  "/api/v1/unlocks": [...RECORD, ...words("nextCursor restoreOutcome unlocks")],
  "/api/v1/unlocks/[id]": [...RECORD, ...words("approval breakGlass fromAt restore restores state untilAt")],
};

/** Everything else that is read is no list of fields: the trail's own lines, signed text, a stream of rows, a way to elsewhere. */
export const WITHOUT_FIELDS = [
  "/api/v1/audit",
  "/api/v1/audit/checkpoint",
  "/api/v1/audit/key",
  "/api/v1/locks/events",
  "/api/v1/sign-in/callback",
];

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** The names of all fields of an answer, wherever in it they stand: each once, in order. */
export function fieldsOf(answer: unknown): readonly string[] {
  const names = new Set<string>();
  const gather = (value: unknown) => {
    if (Array.isArray(value)) for (const each of value) gather(each);
    else if (typeof value === "object" && value !== null)
      for (const [name, part] of Object.entries(value)) {
        names.add(name);
        gather(part);
      }
  };
  gather(answer);
  return [...names].toSorted();
}
