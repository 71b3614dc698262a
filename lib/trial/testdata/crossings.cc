// What may and what may not cross into another process by ON(). Each line below
// is compiled alone, chosen by a macro: see closure_test.sh.

#include <unistd.h>

#include <string>

#include "lib/linux/fd.h"
#include "lib/linux/text.h"
#include "lib/trial/process.h"

namespace pidlab {

void Cross(const Process& host, const Process& init) {
  const pid_t number = 1;
  const Text<16> text = "short";
  const std::string string = "a string";
  const Fd descriptor(0);
  const Text<1024> large;
#if defined(NUMBER)
  (void)ON(host, getpgid(number));
#elif defined(TEXT)
  (void)ON(host, text.view().size());
#elif defined(STRING)
  (void)ON(host, string.size());
#elif defined(OWNER)
  (void)ON(host, descriptor.get());
#elif defined(PROCESS)
  (void)ON(host, init.PidIn(init));
#elif defined(LARGE)
  (void)ON(host, large.view().size());
#elif defined(STRING_RESULT)
  (void)ON(host, std::string("a string"));
#elif defined(LARGE_RESULT)
  (void)ON(host, Text<5000>());
#elif defined(IGNORED)
  ON(host, getpgid(number));
#endif
}

}  // namespace pidlab
