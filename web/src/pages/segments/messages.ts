import { da } from "../../i18n/da/segments";
import { en } from "../../i18n/en/segments";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);
