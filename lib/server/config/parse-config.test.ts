import fc from "fast-check";
import { expect, test } from "vitest";
import { toAccessConfig } from "./access-config.ts";
import { ACCOUNT, complaints, FULL, read, withBucket, withWebhook } from "./config-texts.ts";

const LOCAL_ACCESS = toAccessConfig({});

test("a full configuration is read with every default filled in", () => {
  const parsed = read(FULL, {
    LOCKKEEPER_EXTERNAL_ID: "ext-1",
    LOCKKEEPER_WEBHOOK_SECRET: "the-secret-used-from-now-on",
  });

  expect(parsed).toEqual({
    ok: true,
    config: {
      accounts: [
        {
          name: "payments-prod",
          id: "111122223333",
          region: "eu-west-1",
          scanRoleArn: "arn:aws:iam::111122223333:role/lockkeeper-scan",
          unlockRoleArn: "arn:aws:iam::111122223333:role/lockkeeper-unlock",
          restoreRoleArn: "arn:aws:iam::111122223333:role/lockkeeper-restore",
          externalId: "ext-1",
          sourceIdentity: "required",
          buckets: [
            {
              name: "acme-payments-tfstate",
              prefix: "teams/",
              region: "us-east-1",
              everyMs: 900_000,
              requestsPerDay: 2_000,
            },
            { name: "acme-other", prefix: "", region: "eu-west-1" },
          ],
          tables: [{ name: "terraform-locks", region: "eu-west-1", everyMs: 30_000 }],
          endpoints: { s3: "http://127.0.0.1:9000" },
        },
      ],
      scan: { everyMs: 300_000, coldEveryMs: 7_200_000, requestsPerDay: 50_000 },
      restore: { windowMs: 1_800_000 },
      audit: {
        checkpoints: {
          bucket: {
            name: "acme-audit",
            region: "eu-central-1",
            prefix: "lockkeeper/",
            roleArn: "arn:aws:iam::444455556666:role/lockkeeper-checkpoints",
            externalId: "audit-ext",
            endpoint: "https://s3.storage.example",
          },
        },
        webhooks: [
          {
            name: "siem",
            url: "https://siem.example/events?tenant=7",
            secrets: ["the-secret-used-from-now-on", "the-secret-used-until-now"],
            allowPrivate: true,
          },
        ],
      },
      access: LOCAL_ACCESS,
    },
  });
});

test("scan, restore, audit, access, prefix and endpoints may be left out", () => {
  const parsed = read(withBucket("acme-tfstate"));

  expect(parsed.ok && parsed.config).toMatchObject({
    accounts: [{ buckets: [{ name: "acme-tfstate", prefix: "", region: "eu-west-1" }], tables: [], endpoints: {} }],
    scan: { everyMs: 60_000, coldEveryMs: 3_600_000 },
    restore: { windowMs: 900_000 },
    audit: { checkpoints: {}, webhooks: [] },
    access: LOCAL_ACCESS,
  });
});

test.each([
  [
    "an empty file",
    "",
    "1:1 the file is empty. Write a mapping with accounts, and optionally scan, restore, audit and access.",
  ],
  ["no accounts", "accounts: []", "1:11 accounts: must have at least one account. Write a list of accounts"],
  ["a list at the top", "- a", "1:1 must be a mapping, but is a list."],
  ["a misspelt key", `${ACCOUNT}    bukets: []\n`, '5:5 accounts[0].bukets: unknown key. Did you mean "buckets"?'],
  [
    "a key like no other",
    `${ACCOUNT}    colour: 1\n`,
    "5:5 accounts[0].colour: unknown key. The keys here are name, id",
  ],
  ["a merge key", `${ACCOUNT}    <<: {}\n`, '5:5 accounts[0]["<<"]: unknown key.'],
  ["an account without sources", ACCOUNT, "2:5 accounts[0]: has neither buckets nor tables."],
  ["an empty list of buckets", `${ACCOUNT}    buckets:\n`, "5:13 accounts[0].buckets: is empty."],
  [
    "an account id without quotes",
    "accounts:\n  - { name: a, id: 012345678901, region: eu-west-1, tables: [{ name: abc }] }\n",
    '2:20 accounts[0].id: must be text, but is a number. Put it in quotes: "012345678901".',
  ],
  [
    "an account id of eleven digits",
    withBucket("abc").replace("2222", "222"),
    "3:9 accounts[0].id: is not an AWS account id.",
  ],
  [
    "a missing key",
    withBucket("abc").replace(/ {4}region.*\n/, ""),
    "2:5 accounts[0].region: is missing. Write a region",
  ],
  [
    "a region with a slip",
    withBucket("abc").replace("eu-west-1", "eu-west1"),
    "4:13 accounts[0].region: is not an AWS region.",
  ],
  ["a directory bucket", withBucket("acme--use1-az4--x-s3"), "5:23 accounts[0].buckets[0].name: is a directory bucket"],
  ["an s3 URL as bucket", withBucket("s3://acme"), "5:23 accounts[0].buckets[0].name: is not a bucket name."],
  ["a duplicate key", `${ACCOUNT}    id: "1"\n`, "5:5 Map keys must be unique. Keep one of the two."],
  ["two documents", `${withBucket("abc")}---\na: 1\n`, "Keep one document"],
  ["an unknown tag", "accounts: !js/function x", "Remove the tag"],
  ["an unclosed quote", 'accounts: "x', "Close what is open here"],
  ["an alias without anchor", "accounts: *nowhere", "1:11 the YAML uses aliases that cannot be followed."],
  [
    "a scan interval that is too short",
    `${withBucket("abc")}scan: { every: 1s }\n`,
    "6:16 scan.every: is out of range.",
  ],
  [
    "a scan interval that is too long",
    `${withBucket("abc")}scan: { every: 25h }\n`,
    "6:16 scan.every: is out of range.",
  ],
  [
    "a cold interval that is too long",
    `${withBucket("abc")}scan: { coldEvery: 2d }\n`,
    "6:20 scan.coldEvery: is not a duration. Write a duration from 0s to 24h, such as 1h; 0s makes every look a whole sweep.",
  ],
  [
    "a budget of none",
    `${withBucket("abc")}scan: { requestsPerDay: 0 }\n`,
    "6:25 scan.requestsPerDay: is out of range. Write how many requests a source may cost in 24 hours, such as 50000;",
  ],
  [
    "a budget in words",
    `${withBucket("abc")}scan: { requestsPerDay: many }\n`,
    "6:25 scan.requestsPerDay: must be a number, but is text. Write how many requests",
  ],
  [
    "half a request",
    `${ACCOUNT}    tables: [{ name: abc, requestsPerDay: 0.5 }]\n`,
    "5:43 accounts[0].tables[0].requestsPerDay: must be a whole number, but is a number.",
  ],
  [
    "an interval of one bucket that is too short",
    `${ACCOUNT}    buckets: [{ name: abc, every: 1s }]\n`,
    "5:35 accounts[0].buckets[0].every: is out of range. Write a duration from 5s to 24h, such as 15s, 5m or 1h.",
  ],
  ["a scan interval without unit", `${withBucket("abc")}scan: { every: 60 }\n`, 'Put it in quotes: "60".'],
  [
    "a scan interval of another kind",
    `${withBucket("abc")}scan: { every: 1 day }\n`,
    "6:16 scan.every: is not a duration.",
  ],
  [
    "a restore role of another account",
    `${withBucket("abc")}    restoreRoleArn: arn:aws:iam::999999999999:role/x\n`,
    "6:21 accounts[0].restoreRoleArn: is a role of another AWS account than id.",
  ],
  [
    "a restore window that is too long",
    `${withBucket("abc")}restore: { window: 25h }\n`,
    "6:20 restore.window: is out of range. Write a duration from 0s to 24h, such as 15m; 0s switches restoring off.",
  ],
  ["a restore window without unit", `${withBucket("abc")}restore: { window: 15 }\n`, 'Put it in quotes: "15".'],
  [
    "a checkpoint bucket without region",
    `${withBucket("abc")}audit: { checkpoints: { bucket: { name: acme-audit } } }\n`,
    "audit.checkpoints.bucket.region: is missing. Write a region",
  ],
  [
    "a checkpoint bucket in a region that is none",
    `${withBucket("abc")}audit: { checkpoints: { bucket: { name: acme-audit, region: here } } }\n`,
    "6:61 audit.checkpoints.bucket.region: is not an AWS region.",
  ],
  [
    "a webhook over http to another machine",
    withWebhook({ url: "http://siem.example/" }),
    "audit.webhooks[0].url: would send the trail over the network in the clear. Write a URL such as https://",
  ],
  ["a webhook with a password", withWebhook({ url: "https://u:p@siem.example/" }), "url: is not a plain URL."],
  ["a webhook with a fragment", withWebhook({ url: "https://siem.example/#x" }), "url: is not a plain URL."],
  ["a webhook of another scheme", withWebhook({ url: "ftp://siem.example/" }), "url: is not an http or https URL."],
  [
    "a webhook at a private address",
    withWebhook({ url: "https://10.0.0.7/events" }),
    "url: is not an address of the public internet.",
  ],
  [
    "a webhook at the metadata of a cloud",
    withWebhook({ url: "https://[::ffff:169.254.169.254]/", allowPrivate: true }),
    "url: is not an address of the public internet.",
  ],
  ["a webhook that may be private or so", withWebhook({ allowPrivate: "yes" }), "allowPrivate: must be true or false"],
  ["a webhook without secrets", withWebhook({ secrets: [] }), "secrets: must have at least one secret."],
  [
    "a short secret",
    withWebhook({ secrets: ["x".repeat(23)] }),
    "audit.webhooks[0].secrets[0]: does not have 24 to 1024 characters. Write a reference such as $" + "{env:",
  ],
  ["six secrets", withWebhook({ secrets: Array(6).fill("x".repeat(24)) }), "secrets: has more than five secrets."],
  ["a webhook without a plain name", withWebhook({ name: "a b" }), "name: is not the name of a webhook."],
  [
    "two webhooks of one name",
    withWebhook({}, {}),
    "9:15 audit.webhooks[1].name: is the name of another webhook. Give each webhook its own name: the first is in line 8.",
  ],
  ["a misspelt key of the audit", `${withBucket("abc")}audit: { webhook: [] }\n`, 'Did you mean "webhooks"?'],
  [
    "another access mode",
    `${withBucket("abc")}access: { mode: oidc }\n`,
    "access.mode: needs oidc beside it. Write oidc with issuer, clientId and clientSecret.",
  ],
  [
    "an endpoint without scheme",
    `${withBucket("abc")}    endpoints: { s3: localhost:9000 }\n`,
    "endpoints.s3: is not an http or https URL.",
  ],
  [
    "an endpoint with a password",
    `${withBucket("abc")}    endpoints: { s3: http://u:p@h }\n`,
    "endpoints.s3: is not a plain URL.",
  ],
  [
    "a prefix with a slash in front",
    `${ACCOUNT}    buckets: [{ name: abc, prefix: /x }]\n`,
    'prefix: must not start with "/".',
  ],
  [
    "a role that is no ARN",
    `${withBucket("abc")}    scanRoleArn: lockkeeper\n`,
    "scanRoleArn: is not the ARN of an IAM role.",
  ],
  [
    "a role of another account",
    `${withBucket("abc")}    unlockRoleArn: arn:aws:iam::999999999999:role/x\n`,
    "6:20 accounts[0].unlockRoleArn: is a role of another AWS account than id.",
  ],
  [
    "two accounts of one name",
    `${withBucket("abc")}  - { name: a, id: "444455556666", region: eu-west-1, tables: [{ name: abc }] }\n`,
    "6:13 accounts[1].name: is the label of another account. Give each account its own name: the first is in line 2.",
  ],
  [
    "one bucket twice",
    `${ACCOUNT}    buckets: [{ name: abc }, { name: abc, prefix: x/ }]\n`,
    "5:38 accounts[0].buckets[1].name: is a bucket that is already scanned",
  ],
  ["one table twice", `${ACCOUNT}    tables: [{ name: abc }, { name: abc }]\n`, "is a table that is already scanned"],
])("%s is an error that names the place and what to write", (_name, text, expected) => {
  expect(complaints(text).join("\n")).toContain(expected);
});

test.each(["http://127.0.0.1:9/", "http://[::1]:9/", "http://localhost/"])(
  "a webhook on this machine may be %s",
  (url) => {
    expect(complaints(withWebhook({ url }))).toEqual([]);
  },
);

test("a window of 0s switches restoring off", () => {
  const parsed = read(`${withBucket("abc")}restore: { window: 0s }\n`);

  expect(parsed.ok && parsed.config.restore.windowMs).toBe(0);
});

test("one bucket may be scanned under two separate prefixes", () => {
  const text = `${ACCOUNT}    buckets: [{ name: abc, prefix: a/ }, { name: abc, prefix: b/ }]\n`;

  expect(complaints(text)).toEqual([]);
});

test("problems of several accounts are reported together, in the order of the file", () => {
  const text = `accounts:
  - { name: a, id: "111122223333", region: eu-west-1 }
  - { name: b, id: 4, region: eu-west-1, tabels: [] }
`;

  expect(complaints(text)).toEqual([
    expect.stringContaining("2:5 accounts[0]: has neither buckets nor tables"),
    expect.stringContaining('3:20 accounts[1].id: must be text, but is a number. Put it in quotes: "4".'),
    expect.stringContaining('3:42 accounts[1].tabels: unknown key. Did you mean "tables"?'),
  ]);
});

test("an alias bomb is refused", () => {
  const levels = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(", ")}]`);

  const [problem] = complaints(["a0: &a0 [x]", ...levels].join("\n"));

  expect(problem).toContain("aliases that cannot be followed");
});

test("an anchor and its alias may share a role or a whole bucket list", () => {
  const text = `accounts:
  - { name: a, id: "111122223333", region: &here eu-west-1, tables: &tables [{ name: locks }] }
  - { name: b, id: "444455556666", region: *here, tables: *tables }
`;

  expect(complaints(text)).toEqual([]);
});

test("keys that are special to JavaScript are unknown keys", () => {
  expect(complaints(`${withBucket("abc")}__proto__: { x: 1 }\nconstructor: 1\n`)).toHaveLength(2);
});

test.each([
  ["fifty thousand open brackets", "[".repeat(50_000)],
  ["a list that contains itself", "a: &a [*a]"],
  ["a mapping as a key", "? {a: 1}\n: 2"],
  ["a NUL", "\0"],
  ["YAML 1.1 with a set", "%YAML 1.1\n---\naccounts: !!set {a}"],
])("%s is refused without an exception", (_name, text) => {
  expect(complaints(text)).not.toEqual([]);
});

test("any text gives a configuration or problems with a place, and never throws", () => {
  const fragment = fc.constantFrom(
    ...[
      "accounts:",
      "\n",
      "  ",
      "- ",
      "name: a",
      'id: "1"',
      "&a ",
      "*a",
      "{",
      "}",
      "[",
      "]",
      ": ",
      "? ",
      "|",
      ">",
      "!!int ",
    ],
    ...[
      '"',
      "'",
      "#",
      "---",
      "$" + "{env:X}",
      "$" + "{",
      "__proto__: ",
      "<<: ",
      "buckets:",
      "null",
      "0x1f",
      "\t",
      "\0",
      "1e999",
    ],
  );
  const yamlLike = fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join(""));
  const jsonLike = fc.jsonValue().map((value) => JSON.stringify({ accounts: value }));
  const text = fc.oneof(fc.string({ unit: "binary" }), yamlLike, jsonLike);

  fc.assert(
    fc.property(text, (input) => {
      const parsed = read(input, { X: "x" });
      const problems = parsed.ok ? [] : parsed.problems;
      expect(parsed.ok || problems.length > 0).toBe(true);
      expect(problems.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
