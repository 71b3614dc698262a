#include "tool/vm/port.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <string>

#include "lib/host/error.h"
#include "lib/host/files.h"
#include "lib/host/names.h"
#include "lib/linux/sys.h"
#include "tool/vm/task.h"

namespace pidlab {
namespace {

std::string Path() { return std::string("/dev/") + kFramesPort; }

[[noreturn]] void Fail() {
  FailAsHarness(Path() + ": " + DescribeErrno(errno));
}

}  // namespace

Port::Port() : fd_(open(Path().c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  if (!fd_.valid()) Fail();
  termios settings{};
  tcgetattr(fd_.get(), &settings);
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL;
  if (tcsetattr(fd_.get(), TCSANOW, &settings) != 0) Fail();
}

void Port::Send(FrameKind kind, std::string_view bytes) {
  const std::string frame = Encode(kind, bytes);
  const Sys<int> sent = WriteAll(fd_.get(), frame);
  if (!sent.ok()) FailAsHarness(Path() + ": " + DescribeErrno(sent.err));
}

void Port::Receive() {
  char buffer[4096];
  const ssize_t size = read(fd_.get(), buffer, sizeof(buffer));
  if (size > 0) reader_.Add({buffer, static_cast<size_t>(size)});
}

}  // namespace pidlab
