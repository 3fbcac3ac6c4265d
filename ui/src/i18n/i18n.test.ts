import { describe, expect, it } from "vitest";

import { en } from "./en";
import { preferredLocale } from "./i18n";
import { zh } from "./zh-CN";

function flat(tree: object, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
      typeof value === "string" ? [[prefix + key, value]] : Object.entries(flat(value as object, `${prefix}${key}.`)),
    ),
  );
}

const CHINESE = flat(zh);
const ENGLISH = flat(en);
const blanks = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe("both languages", () => {
  it("have the same keys", () => {
    expect(Object.keys(ENGLISH).sort()).toEqual(Object.keys(CHINESE).sort());
  });

  it("say something for every key, with the same blanks", () => {
    const wrong = Object.keys(CHINESE).filter((key) => {
      const [chinese = "", english = ""] = [CHINESE[key], ENGLISH[key]];
      return chinese.trim() === "" || english.trim() === "" || blanks(english).join() !== blanks(chinese).join();
    });
    expect(wrong).toEqual([]);
  });

  it("punctuate Chinese as Chinese", () => {
    expect(Object.entries(CHINESE).filter(([, text]) => /\p{Script=Han}[,;?!:(]/u.test(text))).toEqual([]);
  });

  it("have no Chinese left in English", () => {
    expect(Object.entries(ENGLISH).filter(([, text]) => /\p{Script=Han}/u.test(text))).toEqual([]);
  });
});

describe("the language at first sight", () => {
  it.each([
    [null, ["zh-TW", "en"], "zh-CN"],
    [null, ["en-GB"], "en"],
    [null, ["fr-FR", "en"], "en"],
    [null, ["fr-FR"], "zh-CN"],
    ["en", ["zh-CN"], "en"],
  ] as const)("%s and %j give %s", (chosen, languages, locale) => {
    expect(preferredLocale(chosen, languages)).toBe(locale);
  });
});
