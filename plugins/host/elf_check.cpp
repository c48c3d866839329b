#include <quarry/plugins/host/elf_check.hpp>

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quarry::host {
namespace {

using file_header = ElfW(Ehdr);
using program_header = ElfW(Phdr);
using section_header = ElfW(Shdr);

#if defined(__x86_64__)
constexpr int this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int this_machine = EM_AARCH64;
#elif defined(__i386__)
constexpr int this_machine = EM_386;
#elif defined(__arm__)
constexpr int this_machine = EM_ARM;
#elif defined(__riscv)
constexpr int this_machine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr int this_machine = EM_PPC64;
#elif defined(__s390x__)
constexpr int this_machine = EM_S390;
#else
constexpr int this_machine = EM_NONE;  // unknown here: left to the dynamic linker
#endif

constexpr unsigned char this_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char this_order = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

class open_file {
 public:
  explicit open_file(const char* path) noexcept : fd_(::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;
  ~open_file() {
    if (fd_ >= 0) ::close(fd_);
  }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  bool stat(struct stat& out) const noexcept { return ::fstat(fd_, &out) == 0; }
  /// All of `size` bytes, or false.
  bool read(void* to, std::size_t size, std::uint64_t offset) const noexcept {
    auto* at = static_cast<char*>(to);
    while (size > 0) {
      const ssize_t got = ::pread(fd_, at, size, static_cast<off_t>(offset));
      if (got <= 0) return false;
      at += got;
      size -= static_cast<std::size_t>(got);
      offset += static_cast<std::uint64_t>(got);
    }
    return true;
  }

 private:
  int fd_;
};

class checker {
 public:
  checker(const std::string& path, const open_file& file, std::uint64_t size) : path_(path), file_(file), size_(size) {}

  ir::result<void> check() {
    QUARRY_CHECK(check_header());
    QUARRY_CHECK(check_segments());
    return check_sections();
  }

 private:
  ir::failure foreign(std::string_view why) const { return {ir::diag::plugin_not_a_library, {path_, why}}; }
  ir::failure truncated(const std::string& why) const {
    return {ir::diag::plugin_truncated, {path_, why + ", but the file ends at byte " + std::to_string(size_)}};
  }
  bool holds(std::uint64_t offset, std::uint64_t length) const noexcept {
    return offset <= size_ && length <= size_ - offset;
  }

  ir::result<void> check_header() {
    if (size_ == 0) return foreign("the file is empty");
    const std::size_t known = static_cast<std::size_t>(std::min<std::uint64_t>(size_, sizeof header_));
    if (!file_.read(&header_, known, 0)) return foreign("it can't be read");
    if (std::memcmp(header_.e_ident, ELFMAG, std::min<std::size_t>(known, SELFMAG)) != 0)
      return foreign("it is no ELF file");
    if (known < sizeof header_) return truncated("the ELF header takes " + std::to_string(sizeof header_) + " bytes");
    if (header_.e_ident[EI_CLASS] != this_class)
      return foreign(this_class == ELFCLASS64 ? "it is not a 64-bit ELF file" : "it is not a 32-bit ELF file");
    if (header_.e_ident[EI_DATA] != this_order) return foreign("its byte order is another one");
    if (this_machine != EM_NONE && header_.e_machine != this_machine)
      return foreign("it was built for another processor (ELF machine " + std::to_string(header_.e_machine) +
                     ", here " + std::to_string(this_machine) + ")");
    if (header_.e_type != ET_DYN) return foreign("it is an ELF file, but no shared object");
    return {};
  }

  ir::result<void> check_segments() {
    if (header_.e_phnum == 0 || header_.e_phentsize != sizeof(program_header))
      return foreign("it has no usable program headers");
    const std::uint64_t table = std::uint64_t{header_.e_phnum} * sizeof(program_header);
    if (!holds(header_.e_phoff, table))
      return truncated("its program headers begin at byte " + std::to_string(header_.e_phoff));
    for (std::uint64_t i = 0; i < header_.e_phnum; ++i) {
      program_header segment;
      if (!file_.read(&segment, sizeof segment, header_.e_phoff + i * sizeof segment))
        return foreign("it can't be read");
      if (segment.p_type == PT_NULL || holds(segment.p_offset, segment.p_filesz)) continue;
      return truncated("segment " + std::to_string(i) + " begins at byte " + std::to_string(segment.p_offset) +
                       " and has " + std::to_string(segment.p_filesz) + " bytes");
    }
    return {};
  }

  // The linker needs no sections, but their table usually stands last: it shows that the file is whole.
  ir::result<void> check_sections() {
    if (header_.e_shoff == 0) return {};
    if (header_.e_shentsize != sizeof(section_header)) return foreign("it has no usable section headers");
    section_header first;
    if (!holds(header_.e_shoff, sizeof first))
      return truncated("its section headers begin at byte " + std::to_string(header_.e_shoff));
    if (!file_.read(&first, sizeof first, header_.e_shoff)) return foreign("it can't be read");
    const std::uint64_t count = header_.e_shnum != 0 ? header_.e_shnum : std::uint64_t{first.sh_size};
    if (count > size_ / sizeof(section_header) || !holds(header_.e_shoff, count * sizeof(section_header)))
      return truncated("its " + std::to_string(count) + " section headers begin at byte " +
                       std::to_string(header_.e_shoff));
    for (std::uint64_t i = 0; i < count; ++i) {
      section_header section;
      if (!file_.read(&section, sizeof section, header_.e_shoff + i * sizeof section))
        return foreign("it can't be read");
      if (section.sh_type == SHT_NULL || section.sh_type == SHT_NOBITS || holds(section.sh_offset, section.sh_size))
        continue;
      return truncated("section " + std::to_string(i) + " begins at byte " + std::to_string(section.sh_offset) +
                       " and has " + std::to_string(section.sh_size) + " bytes");
    }
    return {};
  }

  const std::string& path_;
  const open_file& file_;
  std::uint64_t size_;
  file_header header_{};
};

}  // namespace

ir::result<void> check_elf_file(const std::string& path) {
  const open_file file(path.c_str());
  if (!file) return ir::failure{ir::diag::plugin_not_a_library, {path, std::strerror(errno)}};
  struct stat status{};
  if (!file.stat(status)) return ir::failure{ir::diag::plugin_not_a_library, {path, std::strerror(errno)}};
  if (!S_ISREG(status.st_mode)) return ir::failure{ir::diag::plugin_not_a_library, {path, "it is no regular file"}};
  return checker(path, file, static_cast<std::uint64_t>(status.st_size)).check();
}

}  // namespace quarry::host
