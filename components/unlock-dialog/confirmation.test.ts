import { expect, test } from "vitest";
import { chooseConfirmation, isConfirmed, nameAction } from "./confirmation.ts";

const STATE_KEY = "network/terraform.tfstate";

test("the first eight characters of the lock ID are typed", () => {
  const confirmation = chooseConfirmation({ lockId: "b029be34-5bd1-f780-2c36-edc99ddcb1f6", stateKey: STATE_KEY });

  expect(confirmation).toEqual({ text: "b029be34", of: "lock ID" });
  expect(isConfirmed(confirmation, " b029be34 ")).toBe(true);
  expect(isConfirmed(confirmation, "b029be3")).toBe(false);
  expect(isConfirmed(confirmation, "b029be34-5bd1")).toBe(false);
});

test("without an ID it is the start of the state key", () => {
  expect(chooseConfirmation({ lockId: null, stateKey: STATE_KEY })).toEqual({ text: "network/", of: "state key" });
});

test.each(["\u202eb029be34", "аdmin123", "two word", "", "💥💥💥💥"])(
  "an ID that cannot be typed for certain is not asked for: %j",
  (lockId) => {
    expect(chooseConfirmation({ lockId, stateKey: STATE_KEY }).of).toBe("state key");
  },
);

test("where neither can be typed there is still something to type", () => {
  const confirmation = chooseConfirmation({ lockId: null, stateKey: "состояние" });

  expect(confirmation).toEqual({ text: "unlock", of: "word" });
  expect(isConfirmed(confirmation, "")).toBe(false);
});

test("the button names its object, with nothing hidden in it", () => {
  expect(nameAction(STATE_KEY)).toBe("Force-unlock network/terraform.tfstate");
  expect(nameAction("a\u202eb")).toBe("Force-unlock a⟦U+202E⟧b");
});
