#!/bin/sh
# hh4lif-multitask on images of the user's own: what the result says of them, and what is refused.
# Usage: images.sh PATH-OF-hh4lif-multitask
set -u
. "$(dirname "$0")/check.sh"
multitask=$(absolute "$1")
scratch

# ---- images of one's own: ready for two tasks, or any two sets; the result says so, and no registered claim is judged on it ----
idx() { # idx FILE TYPE-AND-SIZES COUNT: that many bytes, 0 to 9 in turn
    { printf "$2"; awk -v n="$3" 'BEGIN { for (i = 0; i < n; i++) printf "%c", 48 + i % 10 }' | tr '0-9' '\000-\011'; } >"$1"
}
mkdir ready any
for split in train t10k; do
    idx ready/$split-images-idx3-ubyte '\0\0\010\003\0\0\0\040\0\0\0\012\0\0\0\012' 3200
    idx ready/$split-labels-idx2-ubyte '\0\0\010\002\0\0\0\040\0\0\0\002' 64
    idx any/$split-images-idx3-ubyte '\0\0\010\003\0\0\0\040\0\0\0\034\0\0\0\034' 25088
    idx any/$split-labels-idx1-ubyte '\0\0\010\001\0\0\0\040' 32
done
ends 0 "$multitask" --case fc-lif --seeds 1 --set epochs=1 --set data_dir=ready --out own --quiet
check "the result says that its data are not the published ones" [ "$(grep -c '"data_check": "none"' own/multitask/fc-lif.json)" -ge 2 ]
check "and how many images there were" grep -q '"train_limit": 32' own/multitask/fc-lif.json
check "and where they came from" grep -q '"ready/train-labels-idx2-ubyte": "' own/multitask/fc-lif.json
ends 0 "$multitask" --case samples --set data_dir=ready --out own --quiet
check "their labels" grep -q '"labels_task2": \[1, 3, 5, 7, 9, 1, 3, 5\]' own/multitask/samples.json
ends 0 "$multitask" --case fc-lif --seeds 1 --set epochs=1 --set mnist_dir=any --set fashion_dir=any --set data_check=none --out any-out --quiet
check "the result says so too" [ "$(grep -c '"data_check": "none"' any-out/multitask/fc-lif.json)" -ge 2 ]
# ---- a share for validation that keeps no image; more seeds than can be run ----
ends 2 "$multitask" --case fc-lif --seeds 1 --set selection=best --set validation=0.001 --set data_dir=ready --out x
says "validation is 0.001: of 32 training images that keeps none; it must be 0, or 1/32 or more"
ends 2 "$multitask" --case stated-fc-lif --seeds 1 --set validation=0.02 --set epochs=1 --set data_dir=ready --out x
ends 2 "$multitask" --case fc-lif --seeds 65 --set data_dir=ready --out x
says "--seeds is 65: expected a whole number from 1 to 64"

# ---- a trained network is kept with the images that it was trained and tested on ----
cp -r ready changed
set -- --case fc-lif --seeds 1 --set epochs=1 --set data_dir=changed --set trained_dir=kept --quiet
ends 0 "$multitask" "$@" --out t1
ends 0 "$multitask" "$@" --out t2
check "the same images: one network" [ "$(ls kept | wc -l)" -eq 1 ]
tr '\001' '\003' <ready/t10k-labels-idx2-ubyte | tail -c 60 >end && head -c 16 ready/t10k-labels-idx2-ubyte >changed/t10k-labels-idx2-ubyte
cat end >>changed/t10k-labels-idx2-ubyte
ends 0 "$multitask" "$@" --out t3
check "other test labels: another one" [ "$(ls kept | wc -l)" -eq 2 ]

# ---- packed images: a result is bound to what they hold, not to how they are packed ----
cp -r ready packed && gzip packed/*
ends 0 "$multitask" --case samples --set data_dir=packed --out gz
ends 0 "$multitask" --case samples --set data_dir=packed --out gz --resume
prints "samples  kept"
gzip -d packed/* && gzip -1 packed/*
ends 0 "$multitask" --case samples --set data_dir=packed --out gz --resume
prints "samples  kept"
idx packed/t10k-labels-idx2-ubyte '\0\0\010\002\0\0\0\037\0\0\0\002' 62
idx other '\0\0\010\003\0\0\0\037\0\0\0\012\0\0\0\012' 3100
rm packed/t10k-*.gz && mv other packed/t10k-images-idx3-ubyte && gzip packed/t10k-*
ends 0 "$multitask" --case samples --set data_dir=packed --out gz --resume
prints "samples  done"
says "samples: run anew; the result that is there is made from other data: packed/t10k-"
cp gz/multitask/samples.json first.json
sed 's/"openblas": "[^"]*"/"openblas": "other"/' first.json >gz/multitask/samples.json
ends 0 "$multitask" --case samples --set data_dir=packed --out gz --resume
says "made by another program: openblas other, here "
ends 3 "$multitask" --case fc-lif --set mnist_dir=any --out x
says "this is not the published MNIST file"
says "data_check=none"
ends 3 "$multitask" --case fc-lif --set data_dir=any --out x
says "expected the file train-labels-idx2-ubyte"
ends 2 "$multitask" --case fc-lif --set data_dir=ready --set mnist_dir=any --out x
says "goes without mnist_dir"
finish 35
