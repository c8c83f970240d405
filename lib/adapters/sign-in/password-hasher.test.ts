import { expect, test } from "vitest";
import { createPasswordHasher } from "./password-hasher.ts";

/** Each hash ends when the test says so. */
function controlled() {
  const running: PromiseWithResolvers<string>[] = [];
  const hasher = createPasswordHasher({
    hash: () => {
      const one = Promise.withResolvers<string>();
      running.push(one);
      return one.promise;
    },
    verify: async () => true,
  });
  return { hasher, running };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test("of many passwords one at a time is hashed, in the order in which they came", async () => {
  const { hasher, running } = controlled();
  const hashes = ["one", "two", "three"].map((password) => hasher.hash(password));
  for (let done = 1; done <= 3; done += 1) {
    await settle();
    expect(running).toHaveLength(done);
    running[done - 1]?.resolve(`hash ${done}`);
  }
  expect(await Promise.all(hashes)).toEqual(["hash 1", "hash 2", "hash 3"]);
});

test("a hash that fails holds up nobody after it", async () => {
  const { hasher, running } = controlled();
  const failing = hasher.hash("one");
  const next = hasher.verify({ hash: "hash", password: "two" });
  await settle();
  running[0]?.reject(new Error("no memory"));

  await expect(failing).rejects.toThrow("no memory");
  expect(await next).toBe(true);
});

test("whoever comes when fifty wait is sent away at once, and may come back", async () => {
  const { hasher, running } = controlled();
  const first = Array.from({ length: 50 }, () => hasher.hash("a password"));

  await expect(hasher.hash("one more")).rejects.toMatchObject({ code: "unavailable" });

  for (let done = 0; done < 50; done += 1) {
    await settle();
    running[done]?.resolve("hash");
  }
  await Promise.all(first);
  expect(await hasher.verify({ hash: "hash", password: "one more" })).toBe(true);
});

test("what is hashed is what better-auth hashes, and only the right password fits it", async () => {
  const hasher = createPasswordHasher();
  const hash = await hasher.hash("correct horse battery");

  expect(await hasher.verify({ hash, password: "correct horse battery" })).toBe(true);
  expect(await hasher.verify({ hash, password: "correct horse batterz" })).toBe(false);
});
