import { da } from "../../i18n/da/prove";
import { en } from "../../i18n/en/prove";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);

export const standingColours = { confirmed: "teal", mixed: "yellow", none: "gray" } as const;

export const verdictColours = { good: "teal", fair: "yellow", poor: "red", unknown: "gray" } as const;
