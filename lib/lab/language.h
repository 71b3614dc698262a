// The languages in which pidlab has texts.

#ifndef PIDLAB_LIB_LAB_LANGUAGE_H_
#define PIDLAB_LIB_LAB_LANGUAGE_H_

namespace pidlab {

enum class Language { kEnglish, kChinese };

// What the environment asks for: the first of PIDLAB_LANG, LC_ALL, LC_MESSAGES
// and LANG that is set.
Language UsualLanguage();

// "en", "zh"
const char* LanguageCode(Language language);

}  // namespace pidlab

#endif  // PIDLAB_LIB_LAB_LANGUAGE_H_
