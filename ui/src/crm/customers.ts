/** A few made-up customers, found by number. */

export interface Order {
  id: string;
  item: { "zh-CN": string; en: string };
  status: "paid" | "shipped" | "returned";
  amount: number;
}

export interface Customer {
  number: string;
  name: { "zh-CN": string; en: string };
  company: { "zh-CN": string; en: string };
  city: { "zh-CN": string; en: string };
  tier: "gold" | "silver" | "standard";
  since: number;
  orders: Order[];
}

const LAMP = { "zh-CN": "工作台灯", en: "Desk lamp" };
const CHAIR = { "zh-CN": "人体工学椅", en: "Ergonomic chair" };
const HEADSET = { "zh-CN": "降噪耳机", en: "Noise-cancelling headset" };
const SCREEN = { "zh-CN": "27 英寸显示器", en: "27-inch display" };

export const CUSTOMERS: readonly Customer[] = [
  {
    number: "13800138000",
    name: { "zh-CN": "陈晓雯", en: "Chen Xiaowen" },
    company: { "zh-CN": "云岭茶业", en: "Yunling Tea" },
    city: { "zh-CN": "北京", en: "Beijing" },
    tier: "gold",
    since: 2019,
    orders: [
      { id: "A-20318", item: CHAIR, status: "shipped", amount: 1899 },
      { id: "A-19877", item: LAMP, status: "paid", amount: 329 },
    ],
  },
  {
    number: "13900139000",
    name: { "zh-CN": "刘建国", en: "Liu Jianguo" },
    company: { "zh-CN": "江海物流", en: "Jianghai Logistics" },
    city: { "zh-CN": "上海", en: "Shanghai" },
    tier: "silver",
    since: 2021,
    orders: [{ id: "A-20288", item: HEADSET, status: "returned", amount: 759 }],
  },
  {
    number: "13700137000",
    name: { "zh-CN": "王诗涵", en: "Wang Shihan" },
    company: { "zh-CN": "个人", en: "Private" },
    city: { "zh-CN": "广州", en: "Guangzhou" },
    tier: "standard",
    since: 2024,
    orders: [{ id: "A-20301", item: SCREEN, status: "paid", amount: 1499 }],
  },
  {
    number: "01088886666",
    name: { "zh-CN": "赵敏", en: "Zhao Min" },
    company: { "zh-CN": "北辰设计", en: "Beichen Design" },
    city: { "zh-CN": "北京", en: "Beijing" },
    tier: "gold",
    since: 2018,
    orders: [
      { id: "A-20350", item: SCREEN, status: "paid", amount: 2998 },
      { id: "A-20102", item: CHAIR, status: "shipped", amount: 3798 },
    ],
  },
];

/** Numbers as people and carriers write them, brought to one form. */
export function plain(number: string): string {
  const digits = number.replace(/[^\d+]/g, "").replace(/^(\+|00)86/, "").replace(/^86(?=1[3-9]\d{9}$)/, "");
  return /^01[3-9]\d{9}$/.test(digits) ? digits.slice(1) : digits;
}

export function customerBy(number: string): Customer | null {
  const wanted = plain(number);
  return wanted === "" ? null : (CUSTOMERS.find((customer) => customer.number === wanted) ?? null);
}
