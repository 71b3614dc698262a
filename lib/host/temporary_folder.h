// A folder for one test. It is removed when the object is destroyed.

#ifndef PIDLAB_LIB_HOST_TEMPORARY_FOLDER_H_
#define PIDLAB_LIB_HOST_TEMPORARY_FOLDER_H_

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace pidlab {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string path = ::testing::TempDir() + "/pidlab.XXXXXX";
    EXPECT_NE(mkdtemp(path.data()), nullptr);
    path_ = path;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Writes a file in it. Creates the folders above the file.
  void Write(const std::string& file, std::string_view text) const {
    const std::filesystem::path path = path_ / file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace pidlab

#endif  // PIDLAB_LIB_HOST_TEMPORARY_FOLDER_H_
