import { createHash } from "node:crypto";
import { z } from "zod";
import type { KnownPerson } from "#lib/domain/access/known-person.ts";
import type { Identity } from "#lib/domain/actor.ts";
import type { Person as PersonRow } from "./generated/client.ts";
import { parseJsonText, parseJsonTextOrNull, toNumberOrNull } from "./json-text.ts";

const Groups = z.array(z.string());
const Kind = z.enum(["password", "oidc", "proxy"]);

/** A text that stands for issuer and subject, whatever characters they have. */
export function computePersonKey({ issuer, subject }: Identity): string {
  return createHash("sha256")
    .update(JSON.stringify([issuer, subject]))
    .digest("hex");
}

export function hashLogin(email: string): string {
  return createHash("sha256").update(email).digest("hex");
}

export function fromPersonRow(row: PersonRow): KnownPerson {
  return {
    key: row.key,
    kind: Kind.parse(row.kind),
    issuer: parseJsonText(row.issuerJson),
    subject: parseJsonText(row.subjectJson),
    name: parseJsonText(row.nameJson),
    email: parseJsonTextOrNull(row.emailJson),
    groups: Groups.parse(JSON.parse(row.groupsJson)),
    groupsReadAtMs: toNumberOrNull(row.groupsReadAtMs),
    isAdmin: row.isAdmin,
    disabledAtMs: toNumberOrNull(row.disabledAtMs),
    lastSignInAtMs: toNumberOrNull(row.lastSignInAtMs),
    addedAtMs: Number(row.addedAtMs),
  };
}
