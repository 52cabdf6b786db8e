import { da } from "../../i18n/da/discover";
import { en } from "../../i18n/en/discover";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);

export const verdictColours = { natural: "teal", reproducible: "blue", constructive: "yellow" } as const;
