// Zigzag persistence by dionysus 2.2.3: benchmarks/zigzag.py writes the events that this reads.
// An event is a row of integers: time, 1, dimension, faces (numbers of the cells as they entered); or
// time, 0, dimension, cell, for a cell that goes. Then the prime of the field, 2 if it is not given.
#include <vector>
#include <iostream>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <boost/range/adaptor/transformed.hpp>
#include <dionysus/fields/zp.h>
#include <dionysus/zigzag-persistence.h>
namespace ba = boost::adaptors;
using K = dionysus::ZpField<short>;
using ZZ = dionysus::ZigzagPersistence<K, int>;
using Entry = dionysus::ChainEntry<K, ZZ::Index>;
int main(int argc, char** argv)
{
    FILE* in = fopen(argv[1], "rb");
    std::vector<int> data; int buffer[4096]; size_t got;
    while ((got = fread(buffer, sizeof(int), 4096, in)) > 0) data.insert(data.end(), buffer, buffer + got);
    K field(argc > 2 ? atoi(argv[2]) : 2); ZZ zz(field);
    struct Op { int time, dim; bool add; };
    std::vector<Op> ops;
    clock_t start = clock();
    for (size_t p = 0; p < data.size();)
    {
        int time = data[p], kind = data[p+1], dim = data[p+2];
        ops.push_back({time, dim, kind == 1});
        ZZ::Index pair;
        if (kind == 1)
        {
            std::vector<Entry> chain;
            for (int i = 0; i < (dim ? dim + 1 : 0); ++i) chain.emplace_back(i % 2 ? field.neg(1) : K::Element(1), data[p+3+i]);
            pair = zz.add(chain);
            p += 3 + (dim ? dim + 1 : 0);
        } else { pair = zz.remove(data[p+3]); p += 4; }
        if (pair != zz.unpaired())
        {
            int d = kind == 1 ? dim - 1 : dim;
            if (ops[pair].time != time) printf("%d %d %d\n", d, ops[pair].time, time);
        }
    }
    for (auto b : zz.alive_ops()) printf("%d %d -1\n", ops[b].add ? ops[b].dim : ops[b].dim - 1, ops[b].time);
    fprintf(stderr, "%.3f\n", double(clock() - start) / CLOCKS_PER_SEC);
}
