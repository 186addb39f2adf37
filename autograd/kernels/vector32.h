/* vector32.h - vectors of 32 bytes, one register or two, for loops that are multiversioned and yet think in
 * vectors. Included once for every real type, by files that core/each_real.h compiles for each; the macros
 * are the same each time. */

#define BYTES 32

enum { AG_NAME(WIDTH) = BYTES / AG_REAL_BYTES };
#define W AG_NAME(WIDTH)

typedef AG_REAL AG_NAME(vector) __attribute__((vector_size(BYTES)));
typedef AG_REAL AG_NAME(anywhere) __attribute__((vector_size(BYTES), aligned(AG_REAL_BYTES), may_alias));
typedef __typeof__((AG_NAME(vector)){0} < (AG_NAME(vector)){0}) AG_NAME(mask);

#define LOAD(p) (*(const AG_NAME(anywhere) *)(const void *)(p))
#define STORE(p, v) (*(AG_NAME(anywhere) *)(void *)(p) = (v))
#define ONLY(m, v) ((AG_NAME(vector))((m) & (AG_NAME(mask))(v)))
#define UNLESS(m, v) ONLY(~(m), v)
#define PICK(m, x, y) ((AG_NAME(vector))(((m) & (AG_NAME(mask))(x)) | (~(m) & (AG_NAME(mask))(y))))
