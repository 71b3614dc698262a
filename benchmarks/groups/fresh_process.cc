#include "benchmarks/groups/fresh_process.h"

#include <sys/mman.h>

#include <memory>
#include <utility>

#include "lib/linux/clone.h"

namespace pidlab {
namespace {

// Memory that a process shares with the children that it makes later. It is
// mapped when it is first used, in the stage: each operation has one, and a
// stage must not have the memory of other stages.
class SharedSample {
 public:
  Sys<Sample*> Get() {
    if (sample_ != nullptr) return {sample_};
    void* memory = mmap(nullptr, sizeof(Sample), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return Sys<Sample*>::Failed(errno);
    sample_ = static_cast<Sample*>(memory);
    return {sample_};
  }

 private:
  Sample* sample_ = nullptr;  // mapped as long as the stage lives
};

}  // namespace

Operation TimedInFreshProcess(std::string ran,
                              std::function<Sys<int>()> warm_up,
                              std::function<Sys<int>()> run) {
  const Operation timed = Timed("", std::move(run));
  const auto shared = std::make_shared<SharedSample>();
  return {std::move(ran), [=, warm_up = std::move(warm_up)] {
            const Sys<Sample*> result = shared->Get();
            if (!result.ok()) return Sys<Sample>::Failed(result.err);
            const Sys<Ending> ending = InChild(0, [&] {
              const Sys<int> warm = warm_up();
              if (!warm.ok()) return warm.err;
              const Sys<Sample> taken = timed.take();
              *result.value = taken.value;
              return taken.err;
            });
            if (!ending.ok()) return Sys<Sample>::Failed(ending.err);
            if (ending.value.kind == Ending::Kind::kKilled) {
              return Sys<Sample>::Failed(ECHILD);
            }
            return Sys<Sample>{*result.value, ending.value.number};
          }};
}

}  // namespace pidlab
