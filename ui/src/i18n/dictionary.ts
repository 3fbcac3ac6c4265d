/** The shape every language has. */
import type { zh } from "./zh-CN";

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> };

export type Dictionary = Widened<typeof zh>;
