/* Marks memory that must not be read: under ASan any access is reported; debug builds fill it with NaN
 * patterns. */
#ifndef AG_CORE_MEMORY_H
#define AG_CORE_MEMORY_H

#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define AG_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define AG_ASAN 1
#endif
#endif

#ifdef AG_ASAN
#include <sanitizer/asan_interface.h>
#define AG_POISON(memory, bytes) ASAN_POISON_MEMORY_REGION(memory, bytes)
#define AG_UNPOISON(memory, bytes) ASAN_UNPOISON_MEMORY_REGION(memory, bytes)
#elif defined(AG_DEBUG)
#define AG_POISON(memory, bytes) memset(memory, 0xff, bytes)
#define AG_UNPOISON(memory, bytes) ((void)(memory), (void)(bytes))
#else
#define AG_POISON(memory, bytes) ((void)(memory), (void)(bytes))
#define AG_UNPOISON(memory, bytes) ((void)(memory), (void)(bytes))
#endif

#endif
