import { expect, test } from "vitest";
import { describeCommand } from "./cli-command.ts";

const ID = "b029be34-5bd1-f780-2c36-edc99ddcb1f6";

test("the command names the lock, and its workspace first", () => {
  expect(describeCommand({ lockId: ID, workspace: null, status: "held" })).toEqual({
    verdict: "offered",
    text: `terraform force-unlock ${ID}`,
  });
  expect(describeCommand({ lockId: ID, workspace: "dev", status: "held" })).toMatchObject({
    text: `terraform workspace select dev\nterraform force-unlock ${ID}`,
  });
});

test.each(["x; rm -rf ~", "$(id)", "`id`", "-help", "a\nb", "a b", "ａ", ""])(
  "an ID that a shell would act on is never offered: %j",
  (lockId) => {
    expect(describeCommand({ lockId, workspace: null, status: "held" }).verdict).toBe("withheld");
  },
);

test("what Terraform cannot release is not offered as its command", () => {
  expect(describeCommand({ lockId: ID, workspace: null, status: "malformed" }).verdict).toBe("withheld");
  expect(describeCommand({ lockId: null, workspace: null, status: "unreadable" }).verdict).toBe("withheld");
  expect(describeCommand({ lockId: ID, workspace: "$(id)", status: "held" }).verdict).toBe("withheld");
});
