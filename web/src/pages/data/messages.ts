import { da } from "../../i18n/da/data";
import { en } from "../../i18n/en/data";
import { catalogue } from "../../i18n/language";

export const messages = catalogue(en, da);
