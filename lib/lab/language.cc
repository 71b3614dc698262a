#include "lib/lab/language.h"

#include <cstdlib>
#include <string_view>

namespace pidlab {

Language UsualLanguage() {
  for (const char* name : {"PIDLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      return std::string_view(value).starts_with("zh") ? Language::kChinese
                                                       : Language::kEnglish;
    }
  }
  return Language::kEnglish;
}

const char* LanguageCode(Language language) {
  return language == Language::kChinese ? "zh" : "en";
}

}  // namespace pidlab
