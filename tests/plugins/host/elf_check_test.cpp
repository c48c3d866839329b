#include <quarry/plugins/host/elf_check.hpp>

#include <elf.h>
#include <link.h>
#include <sys/stat.h>

#include <cstring>

#include "fixtures.hpp"

namespace quarry::host::test {
namespace {

using ir::diag;

class elf_check : public ::testing::Test {
 protected:
  std::string spoiled(std::size_t at, const std::string& bytes) {
    std::string content = whole_;
    content.replace(at, bytes.size(), bytes);
    write_bytes(folder_ / "spoiled.so", content);
    return folder_ / "spoiled.so";
  }
  template <class Field>
  std::string spoiled(Field ElfW(Ehdr)::* field, std::uint64_t value) {
    ElfW(Ehdr) header;
    std::memcpy(&header, whole_.data(), sizeof header);
    header.*field = static_cast<Field>(value);
    return spoiled(0, std::string(reinterpret_cast<const char*>(&header), sizeof header));
  }
  std::string whole_ = bytes_of(fixture("whole"));
  scratch_folder folder_;
};

TEST_F(elf_check, accepts_a_whole_library) {
  ASSERT_GT(whole_.size(), sizeof(ElfW(Ehdr)));
  EXPECT_TRUE(check_elf_file(fixture("whole")));
}

TEST_F(elf_check, refuses_what_is_no_library) {
  write_bytes(folder_ / "text.so", "I am a text that somebody named like a plugin.\n");
  expect_refused(check_elf_file(folder_ / "text.so"), diag::plugin_not_a_library, {"text.so", "no ELF file"});
  write_bytes(folder_ / "short.so", "x");
  expect_refused(check_elf_file(folder_ / "short.so"), diag::plugin_not_a_library, {"no ELF file"});
  write_bytes(folder_ / "empty.so", "");
  expect_refused(check_elf_file(folder_ / "empty.so"), diag::plugin_not_a_library, {"empty"});
  expect_refused(check_elf_file(folder_ / "absent.so"), diag::plugin_not_a_library, {"absent.so", "No such file"});
  expect_refused(check_elf_file(folder_.path()), diag::plugin_not_a_library, {"no regular file"});
  ASSERT_EQ(::mkfifo((folder_ / "pipe.so").c_str(), 0600), 0);
  expect_refused(check_elf_file(folder_ / "pipe.so"), diag::plugin_not_a_library, {"no regular file"});
}

TEST_F(elf_check, refuses_every_truncation) {
  const std::string path = folder_ / "truncated.so";
  std::size_t step = 1;
  for (std::size_t size = 4; size < whole_.size(); size += step) {
    write_bytes(path, whole_.substr(0, size));
    expect_refused(check_elf_file(path), diag::plugin_truncated,
                   {"truncated.so", "ends at byte " + std::to_string(size)});
    if (HasFailure()) break;
    step = size < 128 ? 1 : whole_.size() / 300 + 1;
  }
  write_bytes(path, whole_.substr(0, whole_.size() - 1));
  expect_refused(check_elf_file(path), diag::plugin_truncated);
}

TEST_F(elf_check, refuses_libraries_for_other_machines) {
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_machine, EM_68K)), diag::plugin_not_a_library,
                 {"another processor"});
  expect_refused(check_elf_file(spoiled(EI_CLASS, std::string(1, sizeof(void*) == 8 ? ELFCLASS32 : ELFCLASS64))),
                 diag::plugin_not_a_library, {"-bit ELF file"});
  const char other_order = whole_[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
  expect_refused(check_elf_file(spoiled(EI_DATA, std::string(1, other_order))), diag::plugin_not_a_library,
                 {"byte order"});
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_type, ET_REL)), diag::plugin_not_a_library,
                 {"no shared object"});
}

TEST_F(elf_check, survives_headers_that_lie) {
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_phnum, 0)), diag::plugin_not_a_library, {"program headers"});
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_phentsize, 1)), diag::plugin_not_a_library, {"program headers"});
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_phoff, ~std::uint64_t{0})), diag::plugin_truncated,
                 {"program headers"});
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_phnum, 0xfffe)), diag::plugin_truncated);
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_shoff, ~std::uint64_t{0} - 8)), diag::plugin_truncated,
                 {"section headers"});
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_shentsize, 3)), diag::plugin_not_a_library, {"section headers"});
  expect_refused(check_elf_file(spoiled(&ElfW(Ehdr)::e_shnum, 0xfe00)), diag::plugin_truncated, {"section headers"});
}

TEST_F(elf_check, refuses_a_segment_that_reaches_beyond_the_file) {
  ElfW(Ehdr) header;
  std::memcpy(&header, whole_.data(), sizeof header);
  ElfW(Phdr) segment;
  std::memcpy(&segment, whole_.data() + header.e_phoff, sizeof segment);
  segment.p_filesz = ~std::uint64_t{0};
  const std::string path =
      spoiled(header.e_phoff, std::string(reinterpret_cast<const char*>(&segment), sizeof segment));
  expect_refused(check_elf_file(path), diag::plugin_truncated, {"segment 0"});
}

}  // namespace
}  // namespace quarry::host::test
