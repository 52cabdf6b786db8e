import { da } from "../../i18n/da/overview";
import { en } from "../../i18n/en/overview";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);
