// Room in an array that grows by one at a time.
#ifndef H4L_BASE_GROW_H
#define H4L_BASE_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

// Makes room for one more element behind the n of an array: array is the address of the pointer to it (NULL: none yet), *room the
// number of elements that it can hold, size that of one. Doubles the room where it is full. false: out of memory, and the array is
// as before.
static inline bool h4l_grow(void *array, size_t n, size_t *room, size_t size)
{
    size_t more = *room ? 2 * *room : 64;
    void *place;

    if (n < *room)
        return true;
    memcpy(&place, array, sizeof place); // whatever type of pointer it is
    place = realloc(place, more * size);
    if (!place)
        return false;
    memcpy(array, &place, sizeof place);
    *room = more;
    return true;
}

#endif
