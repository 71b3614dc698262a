// May be called inside ON(). Sys<T> is the result of a system call: a value, or
// an errno. It does not say which call it was: the caller knows that. It can be
// copied from one process to another.

#ifndef PIDLAB_LIB_LINUX_SYS_H_
#define PIDLAB_LIB_LINUX_SYS_H_

#include <cerrno>

namespace pidlab {

template <typename T>
struct [[nodiscard]] Sys {
  T value{};
  int err = 0;  // 0, or an errno(3)

  constexpr bool ok() const { return err == 0; }

  static constexpr Sys Failed(int err) { return {{}, err}; }

  // One member of the value: ReadStatus(path).Get(&ProcessStatus::ppid).
  template <typename Member, typename Class>
  constexpr Sys<Member> Get(Member Class::*member) const {
    return {value.*member, err};
  }
};

// The usual convention of system calls: -1 means that errno says why.
template <typename T>
Sys<T> FromErrno(T result) {
  return {result, result == T{-1} ? errno : 0};
}

}  // namespace pidlab

#endif  // PIDLAB_LIB_LINUX_SYS_H_
