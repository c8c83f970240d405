import { expect, test, vi } from "vitest";
import { AppError } from "./errors.ts";

test("an error of another bundle's class of the same name is known as one", async () => {
  vi.resetModules();
  const other = await import("./errors.ts");
  const error = new other.AppError("It failed.", { code: "unavailable", hint: "Try again." });

  expect(other.AppError).not.toBe(AppError);
  expect(error instanceof AppError).toBe(true);
  expect(new Error("It failed.") instanceof AppError).toBe(false);
});
