// Takes back what kernel_double.h, kernel_float.h and hh_fast_impl.h defined.
#undef REAL
#undef NAME
#undef V
#undef VEC
#undef MASK
#undef LANES
#undef TILE
#undef LEAST
#undef MANTISSA
#undef N_80
#undef N_18
#undef K
#undef LANES_OF
