import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { ClockProvider } from "#components/time/clock-provider.tsx";
import { type SessionItem, SessionSection } from "./session-section.tsx";

const AT = "2026-11-27T04:00:00.000Z";
const SESSION: SessionItem = {
  id: "1",
  isCurrent: false,
  signedInAt: AT,
  lastSeenAt: null,
  userAgent: "Firefox",
  address: null,
};

function render(sessions: readonly SessionItem[]): string {
  const section = createElement(SessionSection, { sessions, onRevoke: async () => null });
  const page = { renderedAtMs: Date.parse(AT), children: section };
  return renderToStaticMarkup(createElement(ClockProvider, page));
}

test("every session can be ended but the one that shows the page", () => {
  const markup = render([SESSION, { ...SESSION, id: "2", isCurrent: true }]);

  expect(markup.match(/<button/g)).toHaveLength(1);
  expect(markup).toContain("this browser");
});

test("what a browser calls itself cannot rearrange the page", () => {
  const markup = render([{ ...SESSION, userAgent: "<b>gpj\u202etxt", address: null }]);

  expect(markup).not.toContain("<b>");
  expect(markup).toContain("data-hidden-character");
});
