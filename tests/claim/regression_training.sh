#!/bin/sh
# This build against a registered training, by hh4lif-compare: a small network on images drawn here, with kernels that every x86-64 has,
# so that a machine of another CPU family gives the same bytes.
# Usage: regression_training.sh PATH-OF-hh4lif-multitask PATH-OF-hh4lif-compare REGISTERED-RESULT
set -u
. "$(dirname "$0")/../cli/check.sh"
multitask=$(absolute "$1") compare=$(absolute "$2") registered=$3
scratch
# Images with two tasks: which row and which column is bright, on noise of Lehmer's generator; ten grey levels.
images='for (r = 0; r < 12; r++) for (c = 0; c < 12; c++) { x = x * 16807 % 2147483647; printf "%d", x % 4 + 3 * (r == i % 10) + 3 * (c == int(i / 10) % 10) }'
labels='printf "%d%d", i % 10, int(i / 10) % 10'
idx() { # idx FILE HEADER SEED COUNT PROGRAM
    levels='\000\030\060\110\140\170\220\250\300\330'
    case $1 in *labels*) levels='\000-\011' ;; esac
    { printf "$2"; awk -v x="$3" -v n="$4" "BEGIN { for (i = 0; i < n; i++) { $5 } }" | tr 0-9 "$levels"; } >"ready/$1"
}
set_of() { # set_of NAME SEED COUNT COUNT-AS-FOUR-BYTES
    idx "$1-images-idx3-ubyte" "\\0\\0\\010\\003$4\\0\\0\\0\\014\\0\\0\\0\\014" "$2" "$3" "$images"
    idx "$1-labels-idx2-ubyte" "\\0\\0\\010\\002$4\\0\\0\\0\\002" "$2" "$3" "$labels"
}
mkdir ready
set_of train 1 400 '\0\0\001\220'
set_of t10k 2 200 '\0\0\0\310'
train() { # train FOLDER [ARGUMENT]...: one thread, our portable kernels, OpenBLAS's for SSE3
    folder=$1
    shift
    H4L_SIMD=generic OPENBLAS_CORETYPE=Prescott "$multitask" --tier full --case fc-lif --set data_dir=ready --set channels=64 \
        --set epochs=4 --set batch=10 --set input_scale=0.0039 --seeds 3 --threads 1 --quiet --out "$folder" "$@"
}
ends 0 train small
openblas() { sed -n 's/^ *"openblas": "\([^"]*\)".*/\1/p' "$1"; }
trained=small/multitask/fc-lif.json
if [ "$(openblas $trained)" = "$(openblas "$registered")" ]; then
    ends 0 "$compare" "$registered" $trained
    check "a trained network: every metric has the registered bytes" grep -q '^[1-9][0-9]* metrics of 1 cases: \([0-9]*\) the same bytes, 0 within the registered tolerance, 0 differ' stdout
else
    echo "       this OpenBLAS is $(openblas $trained), the registered one $(openblas "$registered"): its bytes may differ"
fi
ends 0 train rate --set learning_rate=0.0011
ends 1 "$compare" "$registered" rate/multitask/fc-lif.json
check "another learning rate shows" grep -q 'differs *final_accuracy_task1_percent' stdout
finish 4
