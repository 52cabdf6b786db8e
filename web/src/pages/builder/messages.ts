import { da } from "../../i18n/da/builder";
import { en } from "../../i18n/en/builder";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);
