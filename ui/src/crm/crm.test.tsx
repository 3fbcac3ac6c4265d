import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { speak } from "../i18n/i18n";
import { violations } from "../test/axe";
import { CrmPage } from "./CrmPage";
import { callFrom } from "./call";
import { customerBy, plain } from "./customers";

beforeEach(() => speak("en"));

describe("numbers", () => {
  it.each([
    ["13800138000", "13800138000"],
    ["+8613800138000", "13800138000"],
    ["008613800138000", "13800138000"],
    ["8613800138000", "13800138000"],
    ["013800138000", "13800138000"],
    ["138 0013-8000", "13800138000"],
    ["01088886666", "01088886666"],
  ])("%s is %s", (written, number) => expect(plain(written)).toBe(number));

  it("find a customer, or nobody", () => {
    expect(customerBy("+86 138 0013 8000")?.name.en).toBe("Chen Xiaowen");
    expect(customerBy("10086")).toBeNull();
    expect(customerBy("")).toBeNull();
  });
});

describe("the page", () => {
  it("shows the caller of an inbound call and the callee of an outbound one", () => {
    const { unmount } = render(
      <CrmPage theme="light" search="?callNumber=13800138000&calledNumber=02165001000&callType=Inbound&contactId=job-1" />,
    );
    expect(screen.getByTestId("crm-name").textContent).toBe("Chen Xiaowen");
    unmount();
    render(<CrmPage theme="light" search="?callNumber=02165001000&calledNumber=13900139000&callType=Outbound" />);
    expect(screen.getByTestId("crm-name").textContent).toBe("Liu Jianguo");
  });

  it("draws whatever the address says as text", () => {
    const evil = `<img src=x onerror="document.title='owned'">`;
    const search = `?${new URLSearchParams({ callNumber: evil, calledNumber: evil, callType: evil, contactId: evil }).toString()}`;
    render(<CrmPage theme="light" search={search} />);
    expect(document.querySelector("img")).toBeNull();
    expect(screen.getByTestId("crm-callNumber").textContent).toBe(evil);
    expect(screen.getByTestId("crm-name").textContent).toBe("New customer");
  });

  it("keeps notes for the next call of the same customer", async () => {
    const search = "?callNumber=13800138000";
    const { unmount } = render(<CrmPage theme="light" search={search} />);
    await userEvent.type(screen.getByLabelText("Notes"), "likes oolong");
    unmount();
    render(<CrmPage theme="light" search={search} />);
    expect(screen.getByLabelText<HTMLTextAreaElement>("Notes").value).toBe("likes oolong");
  });

  it.each(["", "?callNumber=13800138000", "?callNumber=10086"])("passes axe at %s", async (search) => {
    render(<CrmPage theme="light" search={search} />);
    expect(await violations()).toEqual([]);
    await act(() => speak("zh-CN"));
    expect(await violations()).toEqual([]);
  });

  it("cuts what is too long and knows when there is no call", () => {
    expect(callFrom("?x=1")).toBeNull();
    expect(callFrom(`?callNumber=${"9".repeat(5_000)}`)?.caller).toHaveLength(128);
  });
});
