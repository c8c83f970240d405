import { expect } from "vitest";

export const refused = (reason: RegExp) => ({ verdict: "refused", reason: expect.stringMatching(reason) });
export const unavailable = (reason: RegExp) => ({ verdict: "unavailable", reason: expect.stringMatching(reason) });
export const validWith = (part: object) => ({ verdict: "valid", assertion: expect.objectContaining(part) });
